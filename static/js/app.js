/* What every page has: keys, theme, dialogs, menus, running jobs, htmx's failures. */
import { startDialogs } from "./lib/dialog.js";
import { startKeys } from "./lib/keys.js";
import { startLive } from "./lib/live.js";
import { startNotices } from "./lib/notice.js";
import { startTheme } from "./lib/theme.js";
import "./suggestions.js";

startTheme();
startDialogs();
startKeys();
startNotices();
startLive();
