/** Long work of the models in slices; others import it from here. */
export { atOnce, inSlices, type Slices } from '../signal/slices';
