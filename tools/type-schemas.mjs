// JSON Schemas of TypeScript types: what a GET answers is a history, and a history is a type. Its doc comments become descriptions.
import path from 'node:path';
import ts from 'typescript';

/** Types that stand for something the reader sees differently. */
const known = {
  SealedRef: { $ref: '#/components/schemas/Sealed' },
  SealedPointer: { $ref: '#/components/schemas/Sealed' },
  Instant: { type: 'string', format: 'date-time' },
};

/** A function from names of types to every schema they need. Looks in contracts first, then in the service. */
export const typeSchemas = (program, project, contracts) => {
  const checker = program.getTypeChecker();
  const found = exportedTypes(program, checker, [path.join(contracts, 'src'), path.join(project, 'src')]);
  return (names) => {
    const schemas = {};
    const writer = new SchemaWriter(checker, found, schemas);
    for (const name of names) {
      if (!found.has(name)) throw new Error(`No exported type ${name}: an operation says it answers with it`);
      writer.name(name);
    }
    return schemas;
  };
};

/** Exported types, interfaces and classes by name; the first folder wins. */
const exportedTypes = (program, checker, folders) => {
  const found = new Map();
  for (const folder of folders)
    for (const file of program.getSourceFiles()) {
      const symbol = file.fileName.startsWith(folder) && checker.getSymbolAtLocation(file);
      if (!symbol) continue;
      for (const exported of checker.getExportsOfModule(symbol)) {
        const real = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
        if (real.flags & ts.SymbolFlags.Type && !found.has(exported.name)) found.set(exported.name, real);
      }
    }
  return found;
};

class SchemaWriter {
  constructor(checker, found, schemas) {
    Object.assign(this, { checker, found, schemas });
  }

  /** A component of this name, and a reference to it. */
  name(name) {
    if (known[name]) return known[name];
    if (!(name in this.schemas)) {
      this.schemas[name] = {};
      const symbol = this.found.get(name);
      const description = this.commentOf(symbol);
      this.schemas[name] = { ...(description && { description }), ...this.write(this.checker.getDeclaredTypeOfSymbol(symbol), true) };
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  commentOf(symbol) {
    return ts
      .displayPartsToString(symbol?.getDocumentationComment(this.checker) ?? [])
      .replace(/\s+/g, ' ')
      .trim();
  }

  write(type, isDeclaration = false) {
    if (!isDeclaration) {
      const named = this.namedBy(type);
      if (named) return this.name(named);
    }
    if (type.isUnion()) return this.union(type);
    const { flags } = type;
    if (flags & ts.TypeFlags.StringLiteral) return { type: 'string', const: type.value };
    if (flags & ts.TypeFlags.NumberLiteral) return { type: 'integer', const: type.value };
    if (flags & ts.TypeFlags.BooleanLiteral) return { type: 'boolean', const: this.checker.typeToString(type) === 'true' };
    if (flags & (ts.TypeFlags.String | ts.TypeFlags.TemplateLiteral)) return { type: 'string' };
    if (flags & ts.TypeFlags.Number) return { type: 'number' };
    if (flags & ts.TypeFlags.Boolean) return { type: 'boolean' };
    if (flags & ts.TypeFlags.Null) return { type: 'null' };
    if (flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return {};
    if (this.checker.isTupleType(type)) return this.tuple(type);
    if (this.checker.isArrayType(type)) return { type: 'array', items: this.write(this.checker.getTypeArguments(type)[0]) };
    if (type.symbol?.name === 'Date') return { type: 'string', format: 'date-time' };
    return this.object(type);
  }

  /** The name under which a type is exported, when it is exported as it stands (not one case of a generic). */
  namedBy(type) {
    const symbol = type.aliasSymbol ?? type.symbol;
    if (
      !symbol ||
      type.aliasTypeArguments?.length ||
      !(type.aliasSymbol || type.symbol?.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.Class))
    )
      return undefined;
    if (known[symbol.name]) return symbol.name;
    return this.found.get(symbol.name) === symbol ? symbol.name : undefined;
  }

  union(type) {
    const parts = type.types.filter((part) => !(part.flags & ts.TypeFlags.Undefined));
    const nullable = parts.some((part) => part.flags & ts.TypeFlags.Null);
    const rest = parts.filter((part) => !(part.flags & ts.TypeFlags.Null));
    const both = rest.length === 2 && rest.every((part) => part.flags & ts.TypeFlags.BooleanLiteral);
    const schema = both ? { type: 'boolean' } : this.oneOf(rest);
    if (!nullable) return schema;
    if (typeof schema.type === 'string' && !schema.enum && !('const' in schema)) return { ...schema, type: [schema.type, 'null'] };
    if (schema.enum) return { type: [schema.type, 'null'], enum: [...schema.enum, null] };
    return { anyOf: [...(schema.anyOf ?? [schema]), { type: 'null' }] };
  }

  oneOf(parts) {
    if (parts.every((part) => part.isStringLiteral())) return { type: 'string', enum: parts.map((part) => part.value).sort() };
    const written = [];
    const seen = new Set();
    for (const schema of parts.map((part) => this.write(part)))
      if (!seen.has(JSON.stringify(schema))) (written.push(schema), seen.add(JSON.stringify(schema)));
    // The compiler orders a union by when it met its parts: an unrelated file must not change the document.
    return written.length === 1
      ? written[0]
      : { anyOf: written.sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)) };
  }

  tuple(type) {
    const parts = [...new Map(this.checker.getTypeArguments(type).map((part) => [JSON.stringify(this.write(part)), part])).values()];
    const required = type.target.minLength;
    return {
      type: 'array',
      items: parts.length === 1 ? this.write(parts[0]) : { anyOf: parts.map((part) => this.write(part)) },
      ...(required > 0 && { minItems: required }),
      ...(!type.target.hasRestElement && { maxItems: parts.length }),
    };
  }

  object(type) {
    const properties = {};
    const required = [];
    for (const symbol of this.checker.getPropertiesOfType(type)) {
      const declaration = symbol.valueDeclaration ?? symbol.declarations?.[0];
      const optional = (symbol.flags & ts.SymbolFlags.Optional) !== 0;
      const own = this.checker.getTypeOfSymbolAtLocation(symbol, declaration ?? type.symbol?.declarations?.[0]);
      if (own.getCallSignatures().length > 0) continue;
      const schema = this.ofProperty(symbol, declaration, own);
      const description = this.commentOf(symbol);
      properties[symbol.name] = description ? { description, ...schema } : schema;
      if (!optional) required.push(symbol.name);
    }
    const index = this.checker.getIndexInfoOfType(type, ts.IndexKind.String);
    return {
      type: 'object',
      ...(required.length > 0 && { required }),
      ...(Object.keys(properties).length > 0 && { properties }),
      ...(index && { additionalProperties: this.write(index.type) }),
    };
  }

  /** An alias of a plain type (`Instant` for string) leaves no trace in the type, only in the text. */
  ofProperty(symbol, declaration, type) {
    const written = declaration?.type?.getText();
    if (written === 'Instant' || (/^(at|due|until)$|At$/.test(symbol.name) && written === 'string')) return known.Instant;
    const schema = this.write(type);
    // Money and counts: nothing here has a fraction.
    return schema.type === 'number' ? { ...schema, type: 'integer' } : schema;
  }
}
