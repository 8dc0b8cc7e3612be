package dev.remap.jobs.table;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.Inputs;
import java.util.Optional;

/** Why no night can go on from a live generation. */
public final class NightRefusal {
  private NightRefusal() {}

  /** In words; nothing if a night can. */
  public static Optional<String> of(JobContext context, Generation live) {
    return live.inputs().find(Inputs.DUPLICATES).isPresent()
        ? Optional.of(
            "the live %s was built without duplicates (build --unique), and nobody has looked for"
                    .formatted(live.title())
                + " those that come tonight: give nights an index of all images, by another --name"
                + " with --new-index, and build this one anew from it (knn, dedup, build --unique)")
        : OtherExtractor.objection(context, live);
  }
}
