/** What JupyterLab's libraries look for when they load and jsdom lacks; import it first. */
if (typeof globalThis.DragEvent === 'undefined') {
  Object.assign(globalThis, { DragEvent: class extends MouseEvent {} });
}
if (typeof window.matchMedia === 'undefined') {
  Object.assign(window, {
    matchMedia: (media: string) => ({
      media,
      matches: false,
      addListener: () => undefined,
      removeListener: () => undefined,
      addEventListener: () => undefined,
      removeEventListener: () => undefined
    })
  });
}

if (typeof window.requestIdleCallback === 'undefined') {
  Object.assign(window, {
    requestIdleCallback: (run: () => void) => window.setTimeout(run, 0),
    cancelIdleCallback: (id: number) => window.clearTimeout(id)
  });
}

export {};
