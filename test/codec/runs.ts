/** How often a property is tried: `usual`, or what the environment variable FUZZ_RUNS asks for. */
export function runs(usual: number): { readonly numRuns: number } {
  const asked = Number(process.env.FUZZ_RUNS);
  return { numRuns: asked > 0 ? asked : usual };
}
