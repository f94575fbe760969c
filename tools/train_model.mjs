/**
 * Trains a model in Node with the network room's own code on its wasm backend:
 *
 *   python tools/export_training_data.py ftio build/training/ftio
 *   node tools/train_model.mjs build/training/ftio model.safetensors
 *
 * A run that was cut off goes on from `model.safetensors.checkpoint` when it is
 * started again with the same options.
 *
 * Options: --kind, --latents, --filters, --epochs, --batch, --rate, --window,
 * --split, --seed, --title, --every (epochs between checkpoints).
 */
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { createRequire } from 'module';
import { fileURLToPath } from 'url';
import { parseArgs } from 'util';
import * as v8 from 'v8';
import { build } from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(path.join(root, 'package.json'));

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kind: { type: 'string', default: 'im2spec' },
    latents: { type: 'string', default: '2' },
    filters: { type: 'string', default: '64' },
    epochs: { type: 'string', default: '120' },
    batch: { type: 'string', default: '64' },
    rate: { type: 'string', default: '0.001' },
    window: { type: 'string', default: '16' },
    split: { type: 'string', default: 'left-right' },
    seed: { type: 'string', default: '0' },
    title: { type: 'string', default: '' },
    every: { type: 'string', default: '10' }
  }
});
if (positionals.length !== 2) {
  console.error('Give the folder of the data and the file to write.');
  process.exit(2);
}
const [folder, output] = positionals;

/** The TypeScript of the rooms that training takes, as one module. */
async function rooms() {
  const entry = [
    "export { architecture } from './src/network/architecture';",
    "export { Adam } from './src/network/optimiser';",
    "export { Trainer } from './src/network/trainer';",
    "export { initialParameters } from './src/network/initialise';",
    "export { features, targets, upload } from './src/network/data';",
    "export { writeModelFile } from './src/network/model-file';",
    "export { scalingOf } from './src/signal/scaling';",
    "export { splitWindows } from './src/signal/split';",
    "export { validWindows, windowProblem } from './src/signal/windows';",
    "export { DEFAULT_SETUP } from './src/signal/types';"
  ].join('\n');
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'train-model-'));
  const file = path.join(work, 'rooms.cjs');
  await build({
    stdin: { contents: entry, resolveDir: root, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: file,
    // One copy of TF.js: the one that the backend registers with.
    plugins: [
      {
        name: 'tensorflow',
        setup(b) {
          b.onResolve({ filter: /^@tensorflow\// }, ({ path: name }) => ({
            path: require.resolve(name),
            external: true
          }));
        }
      }
    ]
  });
  const module = require(file);
  fs.rmSync(work, { recursive: true });
  return module;
}

function floats(name) {
  const bytes = fs.readFileSync(path.join(folder, name));
  return new Float32Array(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
  );
}

const tf = require('@tensorflow/tfjs-core');
const wasm = require('@tensorflow/tfjs-backend-wasm');
wasm.setWasmPaths(
  path.join(
    path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')),
    'dist',
    path.sep
  )
);
await tf.setBackend('wasm');

const room = await rooms();
const description = JSON.parse(
  fs.readFileSync(path.join(folder, 'data.json'), 'utf8')
);
const { y, x, energy } = description;
const image = floats('image.f32');
const spectra = floats('spectra.f32');
const setup = {
  ...room.DEFAULT_SETUP,
  kind: options.kind,
  latentDims: Number(options.latents),
  filters: Number(options.filters),
  epochs: Number(options.epochs),
  batchSize: Number(options.batch),
  learningRate: Number(options.rate),
  window: Number(options.window),
  split: options.split,
  seed: Number(options.seed)
};
const problem = room.windowProblem(y.size, x.size, energy.size, setup);
if (problem) {
  throw new Error(problem);
}
const grid = room.validWindows(y.size, x.size, setup.window);
const split = room.splitWindows(grid, y.size, x.size, setup);
if (split.problem) {
  throw new Error(split.problem);
}
const scaling = room.scalingOf({
  image,
  spectra,
  channels: energy.size,
  mask: null
});
const spec = {
  kind: setup.kind,
  latentDims: setup.latentDims,
  filters: setup.filters,
  window: setup.window,
  channels: energy.size
};
const dataset = {
  ny: y.size,
  nx: x.size,
  channels: energy.size,
  image,
  spectra,
  scaling
};
const plan = room.architecture(spec);
const part = positions =>
  positions.length === 0
    ? null
    : room.upload(
        room.features(spec, dataset, positions),
        room.targets(spec, dataset, positions),
        positions.length
      );
const checkpoint = `${output}.checkpoint`;
const identity = JSON.stringify([setup, description.sha256]);
const resumed = readCheckpoint();
const parameters =
  resumed?.parameters ?? room.initialParameters(plan, setup.seed);
const size = plan.parameters
  .filter(p => p.trained)
  .reduce((sum, p) => sum + parameters.get(p.name).data.length, 0);
const adam = new room.Adam(size, setup.learningRate, resumed?.adam);
const trainer = new room.Trainer({
  plan,
  parameters,
  optimiser: adam,
  history: resumed?.history,
  train: part(split.train),
  test: part(split.test),
  batchSize: setup.batchSize,
  seed: setup.seed
});

function readCheckpoint() {
  if (!fs.existsSync(checkpoint)) {
    return null;
  }
  const state = v8.deserialize(fs.readFileSync(checkpoint));
  return state.identity === identity ? state : null;
}

async function writeCheckpoint() {
  const state = {
    identity,
    parameters: await trainer.state.read(),
    adam: await adam.read(),
    history: trainer.history
  };
  fs.writeFileSync(`${checkpoint}.part`, v8.serialize(state));
  fs.renameSync(`${checkpoint}.part`, checkpoint);
}

async function save() {
  const snake = name =>
    name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);
  const version = name => require(`${name}/package.json`).version;
  const finite = list => list.map(v => (Number.isFinite(v) ? v : null));
  const meta = {
    format: 1,
    kind: spec.kind,
    latent_dims: spec.latentDims,
    window: spec.window,
    filters: spec.filters,
    channels: spec.channels,
    energy,
    x,
    y,
    scaling: {
      image: [scaling.image.min, scaling.image.max],
      spectrum: [scaling.spectrum.min, scaling.spectrum.max]
    },
    spectra_units: description.spectra_units,
    image_units: description.image_units,
    split: {
      kind: setup.split,
      guard: setup.split === 'random' ? 0 : (setup.guard ?? setup.window),
      train_fraction: setup.trainFraction,
      leaking: split.leaking,
      shared_pixels: split.sharedPixels
    },
    setup: Object.fromEntries(
      Object.entries(setup).map(([name, value]) => [snake(name), value])
    ),
    history: {
      train: finite(trainer.history.train),
      test: finite(trainer.history.test)
    },
    epoch: trainer.epoch,
    backend: 'wasm',
    notice: '',
    recipe: {},
    versions: {
      eelscape: JSON.parse(
        fs.readFileSync(path.join(root, 'package.json'), 'utf8')
      ).version,
      tfjs: version('@tensorflow/tfjs-core')
    },
    data_sha256: description.sha256,
    title: options.title || description.title,
    simulated: description.simulated
  };
  const bytes = await room.writeModelFile(await trainer.state.read(), meta, {
    split: split.map,
    mask: null
  });
  fs.writeFileSync(`${output}.part`, bytes);
  fs.renameSync(`${output}.part`, output);
}

console.log(
  `${setup.kind}, ${setup.latentDims} latents, ${setup.filters} filters, ` +
    `${energy.size} channels: ${split.train.length} windows to train, ` +
    `${split.test.length} to test, ${size} weights, ${trainer.steps} steps an epoch`
);
while (trainer.epoch < setup.epochs && !trainer.diverged) {
  const start = performance.now();
  while (!trainer.epochDone) {
    trainer.step();
  }
  const stepped = performance.now();
  await trainer.finishEpoch();
  const now = performance.now();
  const n = trainer.epoch;
  const of = list => list[list.length - 1]?.toExponential(4);
  console.log(
    `epoch ${n}/${setup.epochs} train ${of(trainer.history.train)} ` +
      `test ${of(trainer.history.test)} ${((now - start) / 1e3).toFixed(1)} s ` +
      `(${((stepped - start) / trainer.steps).toFixed(0)} ms a step)`
  );
  await writeCheckpoint();
  if (n % Number(options.every) === 0 || n === setup.epochs) {
    await save();
  }
}
fs.rmSync(checkpoint, { force: true });
if (trainer.diverged) {
  console.error(`The loss became NaN after epoch ${trainer.epoch}.`);
  process.exitCode = 1;
}
