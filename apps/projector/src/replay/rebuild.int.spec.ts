import { openEmbedded } from './opened.contract.js';
import { describeRebuild } from './rebuild.contract.js';

describe('on the embedded log and PostgreSQL', () => describeRebuild(() => openEmbedded('postgres')));
