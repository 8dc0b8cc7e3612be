package dev.remap.jobs.evaluate;

import dev.remap.core.rerank.RerankChain;
import dev.remap.jobs.config.InputException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * What an evaluation is asked for beside its queries.
 *
 * @param chains what follows each search, every one a row of its own beside the search alone
 * @param graph the k-NN graph that they take; empty where there is only one
 * @param against an earlier evaluation that this one is compared with
 */
public record EvaluationOptions(
    List<RerankChain> chains, Optional<String> graph, Optional<String> against) {
  /** The searches alone. */
  public static final EvaluationOptions NONE =
      new EvaluationOptions(List.of(), Optional.empty(), Optional.empty());

  public EvaluationOptions {
    chains = List.copyOf(chains);
    if (new LinkedHashSet<>(chains).size() < chains.size()) {
      throw new InputException("--rerank has one of %s twice", chains);
    }
  }

  /** Reads chains as an option gives them. */
  public static List<RerankChain> chains(String option, List<String> texts) {
    List<RerankChain> chains = new ArrayList<>();
    for (String text : texts) {
      try {
        RerankChain chain = RerankChain.parse(text);
        if (chain.isEmpty()) {
          throw new InputException(
              "%s is empty: name a method; the search alone is scored anyhow", option);
        }
        chains.add(chain);
      } catch (IllegalArgumentException e) {
        throw new InputException("%s %s: %s", option, text, e.getMessage());
      }
    }
    return chains;
  }

  /** How deep searches have to be for the chains, at the least. */
  int depth() {
    return chains.stream().mapToInt(RerankChain::depth).max().orElse(0);
  }
}
