import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import {
  Body,
  Controller,
  HttpCode,
  Inject,
  Injectable,
  Module,
  Post,
  UnauthorizedException,
  UseGuards,
  ValidationPipe,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientKafka, ClientsModule, Transport } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Type } from 'class-transformer';
import { IsArray, IsIn, IsObject, IsOptional, IsString, IsUUID, Length, ValidateNested } from 'class-validator';
import kafkajs from 'kafkajs';
import { lastValueFrom } from 'rxjs';

/**
 * The gateway that Nest's documentation leads to: a guard, ValidationPipe on decorated classes, ClientKafka, and an
 * answer once the broker has acknowledged. It keeps none of Logbook's promises but that one.
 */
const [brokers = '', apiKey = ''] = process.argv.slice(2);
const TOPIC = 'bench.stock';
const KAFKA = Symbol('kafka');
const BODY_BYTES_MAX = 16 * 1024 * 1024;

class EventDto {
  @IsIn(['llm'])
  event_name!: string;

  @IsUUID()
  fingerprint_id!: string;

  @IsOptional()
  @IsString()
  @Length(1, 512)
  agent?: string;

  @IsOptional()
  @IsString()
  @Length(1, 512)
  agent_version?: string;

  @IsOptional()
  @IsString()
  @Length(1, 512)
  person?: string;

  @IsOptional()
  @IsString()
  @Length(1, 512)
  session?: string;

  @IsObject()
  properties!: Record<string, unknown>;
}

class BatchDto {
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => EventDto)
  events!: EventDto[];
}

@Injectable()
class KeyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
    if (headers['authorization'] !== `Bearer ${apiKey}`) throw new UnauthorizedException();
    return true;
  }
}

@Controller('api/v1/events')
@UseGuards(KeyGuard)
class EventsController {
  constructor(@Inject(KAFKA) private readonly kafka: ClientKafka) {}

  @Post()
  @HttpCode(200)
  async create(@Body() event: EventDto): Promise<{ id: string }> {
    const id = randomUUID();
    await lastValueFrom(this.kafka.emit(TOPIC, { key: event.session ?? id, value: { id, event } }));
    return { id };
  }

  @Post('batch')
  @HttpCode(200)
  async createAll(@Body() { events }: BatchDto): Promise<{ results: { id: string }[] }> {
    const messages = events.map((event) => {
      const id = randomUUID();
      return { key: event.session ?? id, value: { id, event } };
    });
    await lastValueFrom(this.kafka.emitBatch(TOPIC, { messages }));
    return { results: messages.map(({ value: { id } }) => ({ id })) };
  }
}

@Module({
  imports: [
    ClientsModule.register([
      {
        name: KAFKA,
        transport: Transport.KAFKA,
        options: { client: { clientId: 'bench-stock', brokers: [brokers] }, producerOnlyMode: true },
      },
    ]),
  ],
  controllers: [EventsController],
})
class StockModule {}

async function createTopic(): Promise<void> {
  const admin = new kafkajs.Kafka({ brokers: [brokers], clientId: 'bench-stock-admin' }).admin();
  await admin.connect();
  await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic: TOPIC, numPartitions: 12, replicationFactor: 1 }],
  });
  await admin.disconnect();
}

await createTopic();
const adapter = new FastifyAdapter({ bodyLimit: BODY_BYTES_MAX });
const app = await NestFactory.create<NestFastifyApplication>(StockModule, adapter, { logger: ['error'] });
app.useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true }));
await app.listen(0, '127.0.0.1');
process.stdout.write(`listens on ${await app.getUrl()}\n`);
process.on('SIGTERM', () => process.exit(0));
