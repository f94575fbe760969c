/** Makes a member of the kernels' crew. Alone here, because only bundlers know `import.meta.url`. */
export function createMember(): Worker {
  // The name is that of its file, too, in every build.
  return new Worker(new URL('./member.js', import.meta.url), {
    name: 'eelscape-kernels'
  });
}
