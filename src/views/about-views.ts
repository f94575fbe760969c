import type { TranslationBundle } from '@jupyterlab/translation';
import type { ViewName } from './layout';

/** What a view will show once a network is trained, in one sentence; '' where its name says it. */
export function aboutView(name: ViewName, trans: TranslationBundle): string {
  const words: Partial<Record<ViewName, string>> = {
    latent: trans.__('Each window as a point over two latents'),
    decoded: trans.__('What the decoder makes of each place in latent space'),
    projected: trans.__(
      'The measured windows that lie nearest to each place in latent space'
    ),
    training: trans.__('Loss of the train and test windows against the epoch'),
    error: trans.__(
      'Where predictions and measurement differ, over the HAADF image'
    ),
    errors: trans.__(
      'Histograms of the errors by part of the split, and the worst regions'
    ),
    distributions: trans.__('Histogram of each latent by part of the split'),
    clusters: trans.__(
      'Groups of windows that are alike in latent space, and their spectra'
    ),
    veracity: trans.__(
      'Whether windows that are near in latent space are alike in the image or spectrum'
    ),
    inverse: trans.__(
      'The structures whose decoded spectrum comes nearest to one that you draw'
    )
  };
  return words[name] ?? '';
}
