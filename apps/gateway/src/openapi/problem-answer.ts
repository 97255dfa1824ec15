import { ApiProperty } from '@nestjs/swagger';
import { SLUGS } from '../http/errors.js';

class FieldErrorAnswer {
  @ApiProperty({ type: 'string', description: 'The field, as the client wrote it; empty for the body itself.' })
  path!: string;

  @ApiProperty({ type: 'string' })
  message!: string;
}

class ProblemDetailAnswer {
  @ApiProperty({ type: 'string', enum: SLUGS as string[] })
  type!: string;

  @ApiProperty({ type: 'string' })
  message!: string;

  @ApiProperty({ type: FieldErrorAnswer, isArray: true, required: false })
  errors?: FieldErrorAnswer[];
}

/** The envelope of every error; see docs/http-errors.md. */
export class ProblemAnswer {
  @ApiProperty({ type: 'string', enum: SLUGS as string[] })
  type!: string;

  @ApiProperty({ type: ProblemDetailAnswer })
  detail!: ProblemDetailAnswer;
}
