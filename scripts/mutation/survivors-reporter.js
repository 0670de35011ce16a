import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';

const SURVIVING = ['Survived', 'NoCoverage'];
const KILLED = ['Killed', 'Timeout'];
const LONGEST_LINE = 160;

const shortened = (text) => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)} …` : line;
};

const shown = ({ fileName, location, mutatorName, status, replacement }) => {
  const { line, column } = location.start;
  const source = readFileSync(fileName, 'utf8').split('\n')[line - 1];
  const unreached = status === 'NoCoverage' ? ', reached by no test' : '';
  const place = `${relative('', fileName)}:${line}:${column}`;
  return `${place}  ${mutatorName}${unreached}\n    ${shortened(source)}\n    → ${shortened(replacement)}\n`;
};

/** Prints surviving mutants as they are found, so that nothing is lost when the time is over. */
class SurvivorsReporter {
  onMutantTested(mutant) {
    if (SURVIVING.includes(mutant.status)) process.stdout.write(shown(mutant));
  }
}

/** Stryker looks for what a plugin offers by this name. */
export const strykerPlugins = [declareClassPlugin(PluginKind.Reporter, 'survivors', SurvivorsReporter)];

/**
 * Counts the mutants that were killed and those that survived. The others do not load, or are in code that runs once,
 * on loading.
 */
export const counted = (mutants) => {
  const killed = mutants.filter(({ status }) => KILLED.includes(status)).length;
  const judged = killed + mutants.filter(({ status }) => SURVIVING.includes(status)).length;
  const score = judged === 0 ? 'none' : `${((100 * killed) / judged).toFixed(1)} %`;
  return { killed, judged, score };
};
