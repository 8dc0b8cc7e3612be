package dev.remap.jobs.upkeep.plan;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.spark.TaskFailures;
import dev.remap.jobs.stage.snapshot.Listing;
import dev.remap.jobs.table.Descriptors;
import java.util.Optional;
import org.apache.spark.api.java.JavaDoubleRDD;

/**
 * What a catalogue lists now, and how that differs from what the store has.
 *
 * @param bytesEach of an image in the mean, as far as the catalogue says it; NaN if it does not
 * @param sinceNewest since the newest snapshot
 * @param toDescribe since the newest snapshot that is described; the same if that is the newest
 */
record CatalogueDiff(Listing listing, double bytesEach, Changes sinceNewest, Changes toDescribe) {

  static CatalogueDiff of(JobContext context, NightState state) {
    Listing listing = Listing.of(context);
    Optional<Integer> described = state.described().map(Descriptors::snapshot);
    Changes toDescribe = Changes.since(context, listing, described, state.described());
    Changes sinceNewest =
        described.equals(state.newest())
            ? toDescribe
            : Changes.since(context, listing, state.newest(), Optional.empty());
    JavaDoubleRDD sizes =
        listing
            .images()
            .filter(image -> image.bytes() >= 0)
            .mapToDouble(image -> (double) image.bytes());
    double bytesEach = TaskFailures.unwrap(sizes::mean);
    listing.forget();
    return new CatalogueDiff(listing, bytesEach, sinceNewest, toDescribe);
  }

  /** Entries of the index afterwards, if nothing more is rejected. */
  long entries() {
    return listing.size() - toDescribe.rejected();
  }
}
