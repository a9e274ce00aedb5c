/** One file as the boundary rules see it: where it is, what it imports, and its bare code. */
export interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  readonly path: string;
  readonly imports: readonly string[];
  /** The code without comments and without the contents of strings. */
  readonly code: string;
  /** The code without comments, strings kept. */
  readonly text: string;
}

const importPattern =
  /\b(?:import|export)\s(?:[^'"`;]*?\sfrom\s*)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g;

export function readSource(path: string, text: string): SourceFile {
  const bare = blank(text, false);
  const imports = [...bare.matchAll(importPattern)].map((match) => match[1] ?? match[2] ?? '');
  return { path, imports, code: blank(text, true), text: bare };
}

/** Replaces comments (and, on request, string contents) by spaces; lines stay where they are. */
function blank(text: string, stringsToo: boolean): string {
  const pattern =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;
  return text.replace(pattern, (part) => {
    const isComment = part.startsWith('//') || part.startsWith('/*');
    if (!isComment && !stringsToo) return part;
    const spaces = part.replace(/[^\n]/g, ' ');
    return isComment || part.length < 2 ? spaces : `${part[0]}${spaces.slice(1, -1)}${part.at(-1)}`;
  });
}
