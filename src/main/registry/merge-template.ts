import type { ScenarioFile, TemplateFile } from '../../shared/scenario.ts'
import type { Locate } from './source.ts'

/** The scenario a template makes of its base: `trust` member by member, the rest whole. */
export function mergeTemplate(base: ScenarioFile, { metadata, spec }: TemplateFile): ScenarioFile {
  const suffix = ` (template: ${metadata.name})`
  const { name, summary, caption } = base.metadata
  return {
    ...base,
    metadata: {
      ...base.metadata,
      name: name.endsWith(suffix) ? name : name + suffix,
      summary: metadata.summary || summary,
      caption: metadata.caption || caption,
    },
    spec: {
      ...base.spec,
      trust: { ...base.spec.trust, ...defined(spec.trust ?? {}) },
      ...(spec.agents === undefined ? {} : { agents: spec.agents }),
      ...(spec.workflow === undefined ? {} : { workflow: spec.workflow }),
      ...(spec.strict === undefined ? {} : { strict: spec.strict }),
      ...(spec.expected === undefined ? {} : { expected: spec.expected }),
    },
  }
}

/** Finds parts of a merged scenario; what comes from the base is shown at the template's part that clashes with it. */
export function locateMerged(template: TemplateFile, locate: Locate): Locate {
  return (path, at) => {
    const [, part] = path
    const own = (part === 'agents' && template.spec.agents) || (part === 'workflow' && template.spec.workflow)
    if (own) return locate(path, at)
    return locate(['spec', template.spec.agents === undefined ? 'workflow' : 'agents'], 'key')
  }
}

function defined<Value extends object>(
  value: Value,
): { [Key in keyof Value]: Exclude<Value[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never
}
