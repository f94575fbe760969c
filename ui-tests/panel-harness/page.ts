/**
 * Shows the panel over a mock workspace: page.html#status=done&kind=spec2im&split=random&theme=dark (or dark-high-contrast)
 *
 * Of training: latents=2,10 (runs, or setups before them), measuring, interrupted, elsewhere=12 (a tab at that epoch; 0: at none).
 *
 * Of the data: changed=si,haadf (in Python), raw (with the zero-loss peak), steps=2, draft=remove_zero_loss, busy, blocked=reason,
 * taskError=text, nmf=4, regions, select=R1, tool=ellipse, layer=abundance, shelved=2, link=gone|busy, column=data|setup.
 */
import { nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { stepKinds } from '../../src/views/data/step-kinds';
import { createPanel } from '../../src/views/panel';
import type { Layer, PanelStatus } from '../../src/model/types';
import type { ISetup, Kind, RegionKind } from '../../src/signal/types';
import { mockWorkspace } from './mock-workspace';

const asked = new URLSearchParams(location.hash.slice(1));
const theme = asked.get('theme') ?? 'light';
document.body.dataset.jpThemeLight = String(theme === 'light');
document.body.dataset.jpThemeName = {
  light: 'JupyterLab Light',
  dark: 'JupyterLab Dark',
  'dark-high-contrast': 'JupyterLab Dark High Contrast'
}[theme];
document.documentElement.className = theme;
const workspace = mockWorkspace({
  status: (asked.get('status') ?? 'done') as PanelStatus,
  kind: (asked.get('kind') ?? 'im2spec') as Kind,
  split: (asked.get('split') ?? 'left-right') as ISetup['split'],
  problem: asked.get('problem') ?? '',
  error: asked.get('error') ?? '',
  stale: asked.has('stale'),
  raw: asked.has('raw'),
  steps: Number(asked.get('steps') ?? 0),
  busy: asked.has('busy'),
  blocked: asked.get('blocked') ?? '',
  taskError: asked.get('taskError') ?? '',
  components: Number(asked.get('nmf') ?? 0),
  regions: asked.has('regions'),
  shelved: Number(asked.get('shelved') ?? 0),
  link: (asked.get('link') ?? undefined) as 'gone' | 'busy' | undefined,
  measuring: asked.has('measuring'),
  interrupted: asked.has('interrupted'),
  elsewhere: asked.has('elsewhere')
    ? Number(asked.get('elsewhere') ?? 0)
    : undefined,
  changed: asked.get('changed')?.split(','),
  latents: asked.get('latents')?.split(',').map(Number),
  trained: asked.get('trained')?.split(',').map(Number)
});
const panel = createPanel(workspace);
panel.node.style.position = 'absolute';
panel.node.style.inset = '0';
const width = asked.get('width');
const height = asked.get('height');
if (width) {
  panel.node.style.right = 'auto';
  panel.node.style.width = `${width}px`;
}
if (height) {
  panel.node.style.bottom = 'auto';
  panel.node.style.height = `${height}px`;
}
Widget.attach(panel, document.body);
const { navigation, preprocessing, regions } = workspace;
if (asked.has('layer')) {
  navigation.setLayer(asked.get('layer') as Layer);
}
if (asked.has('select')) {
  regions.select(asked.get('select'));
}
if (asked.has('tool')) {
  regions.setTool(asked.get('tool') as RegionKind);
}
if (asked.has('draft')) {
  const kinds = stepKinds(workspace.data.pair!, nullTranslator.load(''));
  preprocessing.edit(
    kinds.find(kind => kind.step === asked.get('draft'))!.start
  );
}
const column = asked.get('column') ?? (asked.has('data') ? 'data' : '');
if (column) {
  // The toolbar is drawn in the next frames; a compact one has only its menu.
  window.setTimeout(() => {
    const find = (selector: string): HTMLElement | null =>
      panel.node.querySelector<HTMLElement>(selector);
    const toggle =
      find(`[data-eelscape-toggle="${column}"]`) ??
      find(`[data-eelscape-view="${column}"] .jp-Eelscape-caret:not([hidden])`);
    if (toggle) {
      toggle.click();
    } else {
      menuOf(find('.jp-Eelscape-toolbar [aria-haspopup="menu"]')!, column);
    }
  }, 200);
}

/** Opens a menu and takes the entry of that name by the keyboard. */
function menuOf(button: HTMLElement, name: string): void {
  button.click();
  window.setTimeout(() => {
    const menu = document.querySelector<HTMLElement>('.lm-Menu')!;
    const at = Array.from(menu.querySelectorAll('.lm-Menu-item')).findIndex(
      item => item.textContent?.toLowerCase().startsWith(name)
    );
    // 40 is the arrow down, 13 Enter: Lumino reads the old codes.
    for (const keyCode of [...Array<number>(at + 1).fill(40), 13]) {
      menu.dispatchEvent(
        new KeyboardEvent('keydown', { keyCode, bubbles: true })
      );
    }
  }, 100);
}
