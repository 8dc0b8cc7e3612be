package dev.remap.jobs.evaluate;

import dev.remap.core.evaluation.Protocol;
import dev.remap.jobs.config.CommandText;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.evaluate.record.EvaluationRecord;
import dev.remap.jobs.evaluate.truth.PairLists;
import dev.remap.jobs.evaluate.truth.ProtocolTruth;
import dev.remap.jobs.evaluate.truth.TruthFiles;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a protocol is scored by, as the command line names it.
 *
 * @param truth file or folder with the ground truth; empty where names of images are the truth, or
 *     exact search
 * @param queries file or folder with the queries; empty where they are images of the catalogue
 * @param pairs lists of pairs that match and of pairs that do not; empty for none
 * @param images of the catalogue that are queries, where exact search is the truth
 */
public record ProtocolInputs(
    Protocol protocol,
    Optional<String> truth,
    Optional<String> queries,
    Optional<Pairs> pairs,
    OptionalInt images) {
  /** With so many a recall of .95 is known to within ±.01 or .02. */
  static final int IMAGES = 1_000;

  /** Two files, each with a pair of names on every line. */
  public record Pairs(String matching, String nonMatching) {
    PairLists read() {
      return PairLists.read(Path.of(matching), Path.of(nonMatching));
    }
  }

  /**
   * Refuses what the protocol does not take.
   *
   * @throws InputException naming the option
   */
  public ProtocolInputs {
    boolean isAnn = protocol == Protocol.ANN;
    boolean byNames = protocol == Protocol.HOLIDAYS || protocol == Protocol.UKBENCH;
    if (!byNames && !isAnn && truth.isEmpty()) {
      throw new InputException("--protocol %s needs --truth FILE", protocol.label());
    }
    if (pairs.isPresent() && protocol != Protocol.CDVS) {
      throw new InputException(
          "--matching and --non-matching are for --protocol cdvs, not %s", protocol.label());
    }
    if (isAnn && truth.isPresent() && queries.isEmpty()) {
      throw new InputException(
          "--truth of ann has the nearest of a file of queries, row by row: name it with --queries");
    }
    if (images.isPresent() && (!isAnn || queries.isPresent())) {
      throw new InputException(
          "--images is for --aggregators, and for --protocol ann without --queries");
    }
  }

  /** Of what most protocols need. */
  public static ProtocolInputs of(
      Protocol protocol, Optional<String> truth, Optional<String> queries) {
    return new ProtocolInputs(protocol, truth, queries, Optional.empty(), OptionalInt.empty());
  }

  /** Whether exact search over the stored vectors is the truth. */
  boolean isOwnTruth() {
    return protocol == Protocol.ANN && truth.isEmpty();
  }

  /** What the record of an evaluation says of these. */
  Map<String, String> facts(ProtocolTruth read) {
    Map<String, String> facts = new HashMap<>();
    facts.put(EvaluationRecord.BY, protocol.label());
    facts.put(EvaluationRecord.QUERIES, queries.map(file -> "given").orElse("catalogue"));
    facts.put(EvaluationRecord.QUERIES_SHA256, EvaluationRecord.sha256(read.queries()));
    facts.put(
        EvaluationRecord.TRUTH,
        truth.map(Recorded::absolute).orElse(isOwnTruth() ? EvaluationRecord.EXACT : "names"));
    facts.put(
        EvaluationRecord.TRUTH_SHA256,
        truth
            .map(file -> TruthFiles.sha256(protocol, Path.of(file)))
            .orElseGet(
                () ->
                    EvaluationRecord.sha256(
                        isOwnTruth() ? read.lines() : List.copyOf(read.names()))));
    pairs.ifPresent(
        files -> {
          facts.put("matching-sha256", TruthFiles.sha256(protocol, Path.of(files.matching)));
          facts.put("non-matching-sha256", TruthFiles.sha256(protocol, Path.of(files.nonMatching)));
        });
    return facts;
  }

  /** A line with these as they are named from any folder. */
  CommandText on(CommandText evaluate) {
    CommandText line = evaluate.with("--protocol", protocol.label());
    line = truth.isEmpty() ? line : line.with("--truth", Recorded.absolute(truth.get()));
    line = queries.isEmpty() ? line : line.with("--queries", Recorded.absolute(queries.get()));
    line = images.isEmpty() ? line : line.with("--images", images.getAsInt());
    return pairs.isEmpty()
        ? line
        : line.with("--matching", Recorded.absolute(pairs.get().matching))
            .with("--non-matching", Recorded.absolute(pairs.get().nonMatching));
  }
}
