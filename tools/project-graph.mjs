import { createProjectGraphAsync } from '@nx/devkit';

/**
 * Writes Nx's project graph where the boundary rule looks for it. Without one on disk the rule skips itself
 * with a warning, and a check that does not run must not pass. It cannot be done in eslint.config.mjs:
 * making the graph loads that file.
 */
export async function writeProjectGraph() {
  process.env.NX_DAEMON = 'false';
  process.env.NX_ISOLATE_PLUGINS = 'false';
  const graph = await createProjectGraphAsync({ exitOnError: false });
  if (graph.nodes['@logbook/core'] === undefined) throw new Error('the project graph does not hold @logbook/core');
}
