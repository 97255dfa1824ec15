import { openEmbedded, openScale, type Opened } from './opened.contract.js';
import { describeVerification } from './verify-generation.contract.js';

describe.each([
  ['the embedded log and store', () => openEmbedded('embedded')],
  ['Kafka and PostgreSQL', () => openScale()],
])('on %s', (_, open) => {
  let opened: Opened;

  beforeAll(async () => {
    opened = await open();
  }, 60_000);
  afterAll(() => opened.close());

  describeVerification(() => opened);
});
