/** Products whose factors go through workgroup memory a part at a time. */

/** An array in workgroup memory that every round fills anew. */
export interface IStaged {
  readonly array: string;
  /** Elements, each a vector of four. */
  readonly count: number;
  /** A variable of its own for what a thread has read. */
  readonly name: string;
  /** Statements that put element `e` of the round `round` into the variable. */
  read(e: string): string;
  /** Where element `e` lies; at `e` by default. */
  place?(e: string): string;
}

/**
 * Code that fills the arrays and computes with them, `count` times. Where each
 * thread has one element of an array, that of the next round is read into a
 * register in front of the computation, which hides how long memory takes.
 * Where it has several, it reads them in a loop between the barriers: unrolled,
 * they take some compilers minutes.
 */
export function rounds(
  arrays: readonly IStaged[],
  threads: number,
  count: number,
  compute: string
): string {
  const ahead = arrays.filter(each => each.count <= threads);
  const late = arrays.filter(each => each.count > threads);
  const put = ({ array, name, place }: IStaged, e: string): string =>
    `${array}[${place ? place(e) : e}] = ${name};`;
  const guard = (each: IStaged): string =>
    each.count < threads ? `if (t < ${each.count}u) ` : '';
  const reads = ahead.map(each => each.read('t')).join('\n');
  return `
  ${ahead.map(({ name }) => `var ${name} = vec4<f32>(0.0);`).join(' ')}
  { let round = 0u; ${reads} }
  for (var done = 0u; done < ${count}u; done++) {
    workgroupBarrier();
    ${ahead.map(each => `${guard(each)}{ ${put(each, 't')} }`).join('\n')}
    ${late
      .map(
        each => `
    for (var e = t; e < ${each.count}u; e += ${threads}u) {
      let round = done;
      var ${each.name} = vec4<f32>(0.0);
      ${each.read('e')}
      ${put(each, 'e')}
    }`
      )
      .join('')}
    workgroupBarrier();
    if (done + 1u < ${count}u) { let round = done + 1u; ${reads} }
    ${compute}
  }`;
}
