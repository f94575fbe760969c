/** The parts of a panel that let the kernel work on its data. */
import type { ILink, KernelRequest } from '../kernel/types';
import { FactorisationModel } from './factorisation-model';
import { PreprocessingModel } from './preprocessing-model';
import { SourceChanges } from './source-changes';

type Options = ConstructorParameters<typeof PreprocessingModel>[0] &
  ConstructorParameters<typeof FactorisationModel>[0] & {
    link(): ILink | null;
  };

/** Preprocessing, factorisation and what became of the variables, told together. */
export class KernelParts {
  constructor(options: Options) {
    this.preprocessing = new PreprocessingModel(options);
    this.factorisation = new FactorisationModel(options);
    this.source = new SourceChanges({
      link: options.link,
      blocked: () => this.preprocessing.blocked
    });
  }

  readonly preprocessing: PreprocessingModel;
  readonly factorisation: FactorisationModel;
  readonly source: SourceChanges;

  /** Data have come. */
  refresh(): void {
    this.preprocessing.refresh();
    this.factorisation.refresh();
    void this.source.refresh();
  }

  /** A cell, or the user's work in one, has changed something. */
  onChanged(what: (KernelRequest & { type: 'changed' })['what']): void {
    if (what === 'source') {
      void this.source.refresh();
    } else {
      this.factorisation.refresh();
    }
  }

  /** The line has changed. */
  refreshBlocked(): void {
    this.preprocessing.refreshBlocked();
    this.factorisation.refreshBlocked();
  }

  /** True once where the next data were asked for in this panel: the kernel keeps its models. */
  takeReload(): boolean {
    const steps = this.preprocessing.takeReload();
    return this.source.takeReload() || steps;
  }

  dispose(): void {
    this.preprocessing.dispose();
    this.factorisation.dispose();
    this.source.dispose();
  }
}
