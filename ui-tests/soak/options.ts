/** How long, and by which seed. */

/** Minutes of work and faults. */
export const MINUTES = positive(process.env.SOAK_MINUTES, 20);

/** The same seed makes the same choices; what the machine makes of them takes its own time. */
export const SEED = positive(process.env.SOAK_SEED, Date.now() % 1_000_000);

function positive(text: string | undefined, standard: number): number {
  const value = Number(text);
  return value > 0 ? value : standard;
}
