/* The pages before somebody is signed in: theme, menus, closing of notices. */
import { startDialogs } from "./lib/dialog.js";
import { startNotices } from "./lib/notice.js";
import { startTheme } from "./lib/theme.js";

startTheme();
startDialogs();
startNotices();
