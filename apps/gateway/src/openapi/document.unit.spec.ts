import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { buildOpenApi, openApiText } from './document.js';
import { createUndrivenApp } from './undriven-app.js';

describe('the OpenAPI document', () => {
  let app: NestFastifyApplication;
  let document: OpenAPIObject;
  beforeAll(async () => {
    app = await createUndrivenApp();
    document = buildOpenApi(app);
  });
  afterAll(() => app.close());

  test('docs/openapi.json is what the code says now; `npm run docs:openapi` writes it', () => {
    const file = readFileSync(resolve(__dirname, '../../../../docs/openapi.json'), 'utf8');
    expect(file).toBe(openApiText(document));
  });

  const operations = () =>
    Object.entries(document.paths).flatMap(([path, item]) =>
      (['get', 'put', 'post', 'patch'] as const).flatMap((method) => {
        const operation = item[method];
        return operation === undefined ? [] : [{ path, method, operation }];
      }),
    );

  test('every operation of the API has an id, a success and the errors of the envelope', () => {
    const api = operations().filter(({ path }) => path.startsWith('/api/v1/'));
    expect(api.map(({ operation }) => operation.operationId).sort()).toEqual([
      'changeAgent',
      'changeAgentVersion',
      'createAgent',
      'createAgentVersion',
      'createEvent',
      'createEvents',
      'createFingerprint',
      'createPerson',
      'getAgent',
      'getAgentVersion',
      'getPerson',
      'updatePerson',
    ]);
    for (const { method, operation } of api) {
      const statuses = Object.keys(operation.responses);
      expect(statuses).toEqual(expect.arrayContaining(['200', '400', '401', '403', '500', '503']));
      if (method !== 'get') {
        expect(statuses).toEqual(expect.arrayContaining(['413', '415']));
        expect(operation.requestBody).toBeDefined();
      }
      expect(operation.security).toEqual([{ bearer: [] }]);
    }
  });

  test('it says what the contract says of an event', () => {
    const schema = document.components?.schemas?.['CreateEventInput'];
    expect(schema).toMatchObject({ required: ['event_name', 'properties', 'fingerprint_id'] });
  });

  test('a batch is a list of events in JSON, an event a line in NDJSON, and may be answered 207', () => {
    const operation = document.paths['/api/v1/events/batch']?.post;
    expect(operation?.requestBody).toMatchObject({
      content: {
        'application/json': { schema: { $ref: '#/components/schemas/CreateEventsInput' } },
        'application/x-ndjson': { schema: { $ref: '#/components/schemas/BatchEventInput' } },
      },
    });
    expect(Object.keys(operation?.responses ?? {})).toEqual(expect.arrayContaining(['200', '207']));
  });
});
