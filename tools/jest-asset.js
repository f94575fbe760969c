// Stands for style sheets, icons and binaries in Node, where no bundler resolves them.
module.exports = '';
