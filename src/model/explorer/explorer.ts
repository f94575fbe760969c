/** Everything that explores trained models; each part stands by itself. */
import { ClustersModel } from './clusters-model';
import { DisplayModel } from './display-model';
import { InverseModel } from './inverse-model';
import type { IExplorerOptions } from './options';
import { PinsModel } from './pins-model';
import { SelectionModel } from './selection-model';
import { StudyModel } from './study-model';
import { TransferModel } from './transfer-model';
import type { IExplorer } from './types';
import { VeracityModel } from './veracity-model';

export class Explorer implements IExplorer {
  constructor(options: IExplorerOptions) {
    this.selection = new SelectionModel(options);
    this.display = new DisplayModel();
    this.pins = new PinsModel(options);
    this.clusters = new ClustersModel(options);
    this.veracity = new VeracityModel(options);
    this.study = new StudyModel(options);
    this.transfer = new TransferModel(options);
    this.inverse = new InverseModel({
      ...options,
      pins: this.pins,
      selection: this.selection
    });
  }

  readonly selection: SelectionModel;
  readonly display: DisplayModel;
  readonly pins: PinsModel;
  readonly clusters: ClustersModel;
  readonly veracity: VeracityModel;
  readonly study: StudyModel;
  readonly transfer: TransferModel;
  readonly inverse: InverseModel;

  dispose(): void {
    this.study.dispose();
    this.transfer.dispose();
    this.inverse.dispose();
    this.clusters.dispose();
    this.veracity.dispose();
    this.pins.dispose();
    this.display.dispose();
    this.selection.dispose();
  }
}
