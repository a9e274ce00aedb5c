export function joinText(one: string, other: string): string {
  return [one.trim(), other.trim()].filter((part) => part !== '').join(' ');
}
