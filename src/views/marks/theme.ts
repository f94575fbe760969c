/** Which theme holds, and when another one does. */

const FORCED = '(forced-colors: active)';

/** A text that differs between themes, and where the system forces its colours. */
export function themeKey(): string {
  const { jpThemeLight, jpThemeName } = document.body.dataset;
  const forced = forcedColours()?.matches ?? false;
  return [jpThemeLight, jpThemeName, forced].join();
}

/** Calls back after every change of the theme or of the system's colours; returns what ends it. */
export function onTheme(changed: () => void): () => void {
  const themes = new MutationObserver(changed);
  themes.observe(document.body, {
    attributes: true,
    attributeFilter: ['data-jp-theme-light', 'data-jp-theme-name']
  });
  const forced = forcedColours();
  forced?.addEventListener('change', changed);
  return () => {
    themes.disconnect();
    forced?.removeEventListener('change', changed);
  };
}

/** null where there is no screen. */
function forcedColours(): MediaQueryList | null {
  return typeof window.matchMedia === 'function'
    ? window.matchMedia(FORCED)
    : null;
}
