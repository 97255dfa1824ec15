import { startScale } from '../harness/scale-system.js';
import { describeTraces } from './traces.contract.js';

describeTraces('a trace, on Kafka and Postgres, across processes', (options) =>
  startScale({ gateways: 1, projectors: 1, ...options }),
);
