/** What to say where front end and server differ. */
import type { TranslationBundle } from '@jupyterlab/translation';

/**
 * The sentence to show where two versions differ, with the install line; ''
 * where they agree or the server's is unknown. JupyterLab shows 140 characters
 * of a notification.
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
    'Browser: eelscape %1, server: %2. Reload, or run\npip install --force-reinstall eelscape==%2\nand restart the server.',
    frontEnd,
    server
  );
}
