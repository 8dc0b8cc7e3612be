package dev.remap.jobs.table;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Store;
import java.util.Optional;

/** Why no night can go on from a generation. */
public final class NightRefusal {
  private NightRefusal() {}

  /** In words, for the live one; nothing if a night can. */
  public static Optional<String> of(JobContext context, Generation live) {
    Optional<String> unique = withoutDuplicates(live);
    return unique.isPresent() ? unique : OtherExtractor.objection(context, live);
  }

  /** For an index of which nothing is live: by its newest generation. */
  public static Optional<String> beforeTheFirst(Store store, String index) {
    return Generation.newest(store, index)
        .map(number -> Generation.of(store, index, number))
        .flatMap(NightRefusal::withoutDuplicates);
  }

  private static Optional<String> withoutDuplicates(Generation generation) {
    return generation
        .inputs()
        .find(Inputs.DUPLICATES)
        .map(
            table ->
                "%s was built without duplicates (build --unique), and nobody has looked for"
                        .formatted(generation.title())
                    + " those that come tonight: give nights an index of all images, by another"
                    + " --name with --new-index, and build this one anew from it (knn, dedup, build"
                    + " --unique)");
  }
}
