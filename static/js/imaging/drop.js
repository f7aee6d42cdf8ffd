/* Files out of a drop, folders walked to the bottom. */

const readAll = (reader) => new Promise((resolve, reject) => {
  const found = [];
  // readEntries gives at most a hundred at a time, and an empty list at the end.
  const next = () => reader.readEntries((entries) => {
    if (!entries.length) return resolve(found);
    found.push(...entries);
    next();
  }, reject);
  next();
});

const fileOf = (entry) => new Promise((resolve, reject) => { entry.file(resolve, reject); });

async function walk(entry, into) {
  if (entry.isFile) {
    const file = await fileOf(entry);
    into.push({ file, name: entry.fullPath.replace(/^\//, "") });
    return;
  }
  for (const child of await readAll(entry.createReader())) await walk(child, into);
}

/** All files of a drop with their paths for display. */
export async function droppedFiles(transfer) {
  // The items are gone after the first await, so their entries are taken at once.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files].map((file) => ({ file, name: file.name }));
  const files = [];
  for (const entry of entries) await walk(entry, files);
  return files;
}
