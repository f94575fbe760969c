// Added to the builder's own configuration: the wasm binaries of TF.js are files beside the bundle.
module.exports = {
  module: {
    rules: [{ test: /\.wasm$/, type: 'asset/resource' }]
  }
};
