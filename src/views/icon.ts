import { LabIcon } from '@jupyterlab/ui-components';

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16">
  <rect class="jp-icon3" x="1.5" y="1.5" width="13" height="13" rx="1.5" fill="none" stroke="#616161"/>
  <path d="M3.5 12c1.8 0 2-7.5 3.6-7.5S9 10 10 10s1-1.6 1.6-1.6.6 1.8 1.4 2.1" fill="none" stroke="#F57C00" stroke-width="1.4" stroke-linecap="round"/>
</svg>`;

/** The icon of panels: a spectrum in a frame. */
export const panelIcon = new LabIcon({ name: 'eelscape:panel', svgstr: SVG });
