import { REGION_COLOURS } from './marks/palette';

/** Which colour each region has: the first free one when it appears, kept as long as it is there. */
export class RegionStyles {
  /** Takes note of the names that there are now, in their order. */
  follow(names: readonly string[]): void {
    const last = this._names;
    if (
      names.length === last.length &&
      names.every((name, i) => name === last[i])
    ) {
      return;
    }
    const styles = new Map<string, number>();
    names.forEach((name, i) => {
      // A new name in the place of one that is gone is the same region, renamed.
      const before =
        last.includes(name) ||
        names.length !== last.length ||
        names.includes(last[i])
          ? name
          : last[i];
      const style = this._styles.get(before);
      if (style !== undefined) {
        styles.set(name, style);
      }
    });
    this._styles = styles;
    for (const name of names) {
      if (!styles.has(name)) {
        styles.set(name, this.free());
      }
    }
    this._names = [...names];
  }

  of(name: string): number {
    return this._styles.get(name) ?? 0;
  }

  /** The colour that is used least, the first of those. */
  free(): number {
    const used = new Array<number>(REGION_COLOURS).fill(0);
    for (const style of this._styles.values()) {
      used[style]++;
    }
    return used.indexOf(Math.min(...used));
  }

  private _names: readonly string[] = [];
  private _styles = new Map<string, number>();
}
