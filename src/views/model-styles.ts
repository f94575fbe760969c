/** Which of the four looks each model has: it keeps it when others come and go. */
export class ModelStyles {
  /** Takes note of the models and runs that there are now, by id. */
  follow(ids: readonly string[]): void {
    for (const id of [...this._styles.keys()]) {
      if (!ids.includes(id)) {
        this._styles.delete(id);
      }
    }
    for (const id of ids) {
      if (!this._styles.has(id)) {
        this._styles.set(id, this._free());
      }
    }
  }

  of(id: string): number {
    return this._styles.get(id) ?? 0;
  }

  /** The look that is used least, the first of those. */
  private _free(): number {
    const used = [0, 0, 0, 0];
    for (const style of this._styles.values()) {
      used[style]++;
    }
    return used.indexOf(Math.min(...used));
  }

  private _styles = new Map<string, number>();
}
