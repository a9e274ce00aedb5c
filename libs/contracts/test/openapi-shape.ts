const schema = { type: ['object', 'boolean'] };
const text = { type: 'string', minLength: 1 };

const content = {
  type: 'object',
  minProperties: 1,
  additionalProperties: {
    type: 'object',
    required: ['schema'],
    properties: { schema },
    additionalProperties: false,
  },
};

const operation = {
  type: 'object',
  required: ['operationId', 'responses', 'tags', 'security'],
  properties: {
    operationId: { type: 'string', pattern: '^[A-Za-z0-9_.-]+$' },
    tags: { type: 'array', items: text },
    summary: text,
    description: { type: 'string' },
    security: {
      type: 'array',
      items: { type: 'object', additionalProperties: { type: 'array', items: text } },
    },
    parameters: {
      type: 'array',
      uniqueItems: true,
      items: {
        type: 'object',
        required: ['name', 'in', 'schema'],
        properties: {
          name: text,
          in: { enum: ['path', 'query', 'header', 'cookie'] },
          required: { type: 'boolean' },
          description: { type: 'string' },
          schema,
        },
        additionalProperties: false,
        if: { properties: { in: { const: 'path' } } },
        then: { properties: { required: { const: true } }, required: ['required'] },
      },
    },
    requestBody: {
      type: 'object',
      required: ['content'],
      properties: { required: { type: 'boolean' }, description: { type: 'string' }, content },
      additionalProperties: false,
    },
    responses: {
      type: 'object',
      minProperties: 1,
      patternProperties: {
        '^[1-5][0-9]{2}$': {
          type: 'object',
          required: ['description'],
          properties: { description: { type: 'string' }, content },
          additionalProperties: false,
        },
      },
      additionalProperties: false,
    },
  },
  patternProperties: { '^x-': true },
  additionalProperties: false,
};

/** The part of the OpenAPI 3.1 document shape that we use, and nothing besides it. */
export const openApiShape = {
  type: 'object',
  required: ['openapi', 'info', 'paths', 'components'],
  properties: {
    openapi: { type: 'string', pattern: '^3\\.1\\.\\d+$' },
    info: {
      type: 'object',
      required: ['title', 'version'],
      properties: { title: text, version: text, description: { type: 'string' } },
      additionalProperties: false,
    },
    servers: { type: 'array', items: { type: 'object', required: ['url'] } },
    tags: { type: 'array', items: { type: 'object', required: ['name'] } },
    paths: {
      type: 'object',
      propertyNames: { pattern: '^/[^:]*$' },
      additionalProperties: {
        type: 'object',
        propertyNames: { enum: ['get', 'post', 'put', 'patch', 'delete'] },
        additionalProperties: operation,
      },
    },
    components: {
      type: 'object',
      required: ['schemas', 'securitySchemes'],
      properties: {
        schemas: {
          type: 'object',
          propertyNames: { pattern: '^[A-Za-z0-9._-]+$' },
          additionalProperties: schema,
        },
        securitySchemes: {
          type: 'object',
          additionalProperties: { type: 'object', required: ['type'] },
        },
      },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
};
