"""What files and messages may declare at most; src/signal/limits.ts has the same.

Each is checked before anything is allocated for what is declared.
"""

#: Bytes of a model file, and of all arrays of one transfer.
MAX_FILE_BYTES = 2_147_483_648
MAX_TRANSFER_BYTES = 2_147_483_648
#: Bytes of a checkpoint of a training run.
MAX_CHECKPOINT_BYTES = 536_870_912
#: Bytes of one block; a message over 10 MiB is lost on the way.
MAX_BLOCK_BYTES = 4_194_304
#: Blocks of one transfer: each is remembered until it is there.
MAX_BLOCKS = 65_536
#: Bytes of a safetensors header.
MAX_HEADER_BYTES = 1_048_576
#: Dimensions of an array.
MAX_DIMENSIONS = 8
#: Levels of the JSON of a file, and of the parameters and results of a task.
MAX_JSON_DEPTH = 32
MAX_DEPTH = 8
#: Values in the parameters of a task.
MAX_VALUES = 100_000
#: Elements of an axis, and sizes that a network is made of.
MAX_SIZE = 16_777_216
#: Characters of ids and names, of titles, units and sentences, and of reports.
MAX_NAME = 200
MAX_TEXT = 10_000
MAX_REPORT = 100_000
#: Losses of a history.
MAX_LOSSES = 1_000_000
#: Regions of a panel and points of one, pins, peaks, numbers that say which windows are selected.
MAX_REGIONS = 200
MAX_POINTS = 1_000
MAX_PINS = 200
MAX_PEAKS = 200
MAX_RUNS = 1_000_000
#: Preprocessing steps, one after the other.
MAX_STEPS = 100
#: Nodes along a side of a latent grid, neighbours, clusters.
MAX_COUNT = 100_000
