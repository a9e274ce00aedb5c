import { Ajv } from 'ajv';
import { JsonSchemas } from '../app/ports.js';

/** Checks against the draft-07 meta-schema; the schema itself is never compiled to code. */
export class AjvJsonSchemas extends JsonSchemas {
  readonly #ajv = new Ajv({ meta: true, validateFormats: false });

  override problemOf(schema: Readonly<Record<string, unknown>>): string | undefined {
    if (this.#ajv.validateSchema(schema) === true) return undefined;
    const [first] = this.#ajv.errors ?? [];
    return `${first?.instancePath ?? ''} ${first?.message ?? 'is not valid'}`.trim();
  }
}
