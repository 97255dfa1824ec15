import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, getSchemaPath, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { BatchEventInput } from '../http/input/event-batch.input.js';

/** The OpenAPI 3.1 document of an application: the same on every machine and at every address. */
export function buildOpenApi(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Logbook')
    .setDescription(
      'Records what AI agents do in a log that is never edited. Every error has the envelope ProblemAnswer.',
    )
    .setVersion('1')
    .addServer('/')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key; the tenant follows from it.' })
    .build();
  const document = SwaggerModule.createDocument(app, config);
  describeLines(document);
  return document;
}

/** The decorators give every media type of a body the same schema; of NDJSON one describes a line. */
function describeLines({ paths }: OpenAPIObject): void {
  const body = paths['/api/v1/events/batch']?.post?.requestBody;
  if (body === undefined || !('content' in body)) throw new Error('the batch route has no body to describe');
  body.content['application/x-ndjson'] = { schema: { $ref: getSchemaPath(BatchEventInput) } };
}

/** The text of the generated file. */
export const openApiText = (document: OpenAPIObject): string => `${JSON.stringify(document, null, 2)}\n`;

/** Serves the document and a page to read it with; the page loads nothing from other hosts. */
export function serveOpenApi(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  // On these routes alone: a hook for every answer would cost each event a little.
  fastify.addHook('onRoute', (route) => {
    if (!route.url.startsWith('/docs')) return;
    route.onSend = (_request, reply, payload, done) => {
      reply.header('content-security-policy', CONTENT_SECURITY_POLICY);
      done(null, payload);
    };
  });
  SwaggerModule.setup('docs', app, () => buildOpenApi(app), {
    customSiteTitle: 'Logbook API',
    raw: ['json'],
    jsonDocumentUrl: 'openapi.json',
    // Without this the page asks a public validator about the document.
    swaggerOptions: { validatorUrl: null },
  });
}

const CONTENT_SECURITY_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";
