/** What Lumino looks for when it loads and jsdom lacks; import it first. */
if (typeof globalThis.DragEvent === 'undefined') {
  Object.assign(globalThis, { DragEvent: class extends MouseEvent {} });
}

export {};
