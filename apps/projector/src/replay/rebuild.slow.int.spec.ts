import { openEmbedded, openScale } from './opened.contract.js';
import { describeRebuild } from './rebuild.contract.js';

describe('on the embedded log and store', () => describeRebuild(() => openEmbedded('embedded')));
describe('on Kafka and PostgreSQL', () => describeRebuild(() => openScale()));
