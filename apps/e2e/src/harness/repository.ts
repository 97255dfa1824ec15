import { fileURLToPath } from 'node:url';

const REPOSITORY = new URL('../../../../', import.meta.url);

/** A path inside this checkout; the same from `src` and from `dist`. */
export const inRepository = (path: string): string => fileURLToPath(new URL(path, REPOSITORY));

/** The built entry of an app. Child processes run built code: the transformer of the tests is not there. */
export const builtProgram = (app: string, file = 'main.js'): string => inRepository(`apps/${app}/dist/${file}`);
