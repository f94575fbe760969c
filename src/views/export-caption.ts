import { VERSION } from '../version';
import { backendName } from './provenance';
import type { IViewContext, View } from './view';
import { splitName } from './wording';

/** How the figures came about: data, steps, networks, split, seed, backend, version. */
export function captionOf(context: IViewContext): string {
  const { workspace, shown, trans } = context;
  const { steps } = workspace.preprocessing;
  const setup = shown.active?.setup ?? workspace.data.setup;
  const guard =
    setup.split === 'random'
      ? ''
      : trans.__(', guard %1 px', setup.guard ?? setup.window);
  const backends = [
    ...new Set(shown.models.map(model => backendName(model.backend)))
  ];
  return [
    workspace.title,
    shown.pair?.simulated ? trans.__('simulated data') : '',
    steps.length
      ? trans._n(
          '%1 preprocessing step',
          '%1 preprocessing steps',
          steps.length
        )
      : '',
    shown.models.length
      ? `${shown.kind} ${shown.models
          .map(model =>
            trans.__('%1 (epoch %2)', shown.labelOf(model), model.epoch)
          )
          .join(', ')}`
      : '',
    shown.models.length ? trans.__('%1 filters', setup.filters) : '',
    trans.__('split %1%2', splitName(setup.split), guard),
    trans.__('seed %1', setup.seed),
    backends.join(', '),
    `eelscape ${VERSION}`
  ]
    .filter(Boolean)
    .map(unbroken)
    .join(' \u00b7 ');
}

/** Lines break between the parts of a caption, not within. */
function unbroken(part: string): string {
  return part.replace(/ /g, '\u00a0');
}

/** What is chosen in the header of a view: "Nearest windows: mean of 3". */
export function choicesOf(view: View): string {
  const header = view.node.querySelector('.jp-Eelscape-tools');
  const selects = Array.from(
    header?.querySelectorAll<HTMLSelectElement>('select') ?? []
  ).map(
    select =>
      [
        select.getAttribute('aria-label'),
        select.selectedOptions[0]?.textContent
      ] as const
  );
  const groups = Array.from(
    header?.querySelectorAll('[role="radiogroup"]') ?? []
  ).map(
    group =>
      [
        group.getAttribute('aria-label'),
        group.querySelector('[aria-checked="true"]')?.textContent
      ] as const
  );
  return [...selects, ...groups]
    .filter(([label, value]) => label && value)
    .map(([label, value]) => unbroken(`${label}: ${value}`))
    .join(' \u00b7 ');
}
