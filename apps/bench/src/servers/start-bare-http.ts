import { StartedProgram } from './started-program.js';

/** The floor of what any gateway of Node costs, in a process of its own. */
export const startBareHttp = (): Promise<StartedProgram> =>
  StartedProgram.start({
    name: 'bare HTTP server',
    program: new URL('./bare-http.server.js', import.meta.url),
    ready: /^listens on (\S+)/,
  });
