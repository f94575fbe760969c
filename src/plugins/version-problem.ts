/** What to say where front end and server differ. */
import type { TranslationBundle } from '@jupyterlab/translation';

/**
 * The sentence to show where two versions differ, with the install line;
 * '' where they agree or the server's is unknown.
 */
export function versionProblem(
  server: unknown,
  frontEnd: string,
  trans: TranslationBundle
): string {
  if (typeof server !== 'string' || !/^[\w.+!-]+$/.test(server)) {
    return '';
  }
  if (server === frontEnd) {
    return '';
  }
  // A browser's cache or a bundle left over from an earlier installation.
  return trans.__(
    'eelscape %1 runs in the browser, %2 on the server. Reload the page; if this comes again, run "pip install --force-reinstall eelscape==%2" in the server\'s environment and restart the server.',
    frontEnd,
    server
  );
}
