/** Who may import whom: the table of ARCHITECTURE.md, read by machine. */
export type ProjectType =
  | 'contracts'
  | 'kernel'
  | 'platform'
  | 'telephony'
  | 'testing'
  | 'service'
  | 'sandbox'
  | 'bench'
  | 'tooling';

export interface Project {
  readonly name: string;
  readonly type: ProjectType;
}

const libraries: readonly ProjectType[] = [
  'contracts',
  'kernel',
  'platform',
  'telephony',
  'testing',
];

export function projectOf(path: string): Project {
  const [top = '', second = ''] = path.split('/');
  if (top === 'libs') return { name: second, type: second as ProjectType };
  if (top === 'services') return { name: second, type: 'service' };
  if (top === 'sandbox' || top === 'bench') return { name: top, type: top };
  return { name: top, type: 'tooling' };
}

/** The project behind a package name such as `@trunkline/kernel`. */
export function projectOfPackage(specifier: string): Project | undefined {
  const name = /^@trunkline\/([a-z-]+)/.exec(specifier)?.[1];
  if (name === undefined) return undefined;
  if (libraries.includes(name as ProjectType)) return { name, type: name as ProjectType };
  if (name === 'sandbox' || name === 'bench') return { name, type: name };
  return { name, type: 'service' };
}

export const mayImport: Readonly<Record<ProjectType, readonly ProjectType[]>> = {
  contracts: [],
  kernel: [],
  platform: ['contracts', 'kernel'],
  telephony: ['contracts', 'kernel'],
  testing: ['contracts', 'kernel', 'platform'],
  service: ['contracts', 'kernel', 'platform', 'telephony'],
  sandbox: ['contracts', 'kernel'],
  bench: ['contracts', 'kernel', 'platform', 'testing'],
  tooling: ['contracts', 'kernel', 'platform', 'testing'],
};
