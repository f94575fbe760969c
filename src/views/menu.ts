import { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';

/** One line of a menu; `null` in a list stands for a separator. */
export interface IMenuEntry {
  readonly label: string;
  readonly caption?: string;
  readonly enabled?: boolean;
  run(): void;
}

/** Opens a menu below its button; it is thrown away when it closes. */
export function openMenu(
  anchor: HTMLElement,
  entries: readonly (IMenuEntry | null)[]
): Menu {
  const commands = new CommandRegistry();
  const menu = new Menu({ commands });
  entries.forEach((entry, i) => {
    if (!entry) {
      menu.addItem({ type: 'separator' });
      return;
    }
    commands.addCommand(String(i), {
      label: entry.label,
      caption: entry.caption ?? '',
      isEnabled: () => entry.enabled !== false,
      execute: entry.run
    });
    menu.addItem({ command: String(i) });
  });
  menu.aboutToClose.connect(() => {
    // The chosen command runs after the menu closed.
    window.setTimeout(() => menu.dispose(), 0);
  });
  const box = anchor.getBoundingClientRect();
  menu.open(box.left, box.bottom);
  return menu;
}
