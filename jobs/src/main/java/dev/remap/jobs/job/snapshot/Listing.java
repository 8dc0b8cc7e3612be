package dev.remap.jobs.job.snapshot;

import dev.remap.jobs.catalogue.Catalogue;
import dev.remap.jobs.catalogue.ListedImage;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.job.JobContext;
import dev.remap.jobs.job.TaskFailures;
import dev.remap.jobs.job.Units;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;

/**
 * What the catalogue of the settings lists now, kept by Spark until it is forgotten.
 *
 * @param digest tells this listing from others
 */
public record Listing(Catalogue catalogue, JavaRDD<ListedImage> images, ListingDigest digest) {

  /**
   * Lists it; a catalogue without images, or with one that cannot be written down, is an {@link
   * InputException}.
   */
  public static Listing of(JobContext context) {
    Catalogue catalogue = Catalogue.of(context.settings());
    JavaRDD<ListedImage> images =
        TaskFailures.unwrap(() -> catalogue.list(context.session()))
            .map(ListedImage::checked)
            .persist(StorageLevel.MEMORY_AND_DISK());
    ListingDigest digest =
        new Units(context, "images")
            .over(images, 0, (part, some, task) -> ListingDigest.of(some)).stream()
                .reduce(ListingDigest.EMPTY, ListingDigest::add);
    if (digest.images() == 0) {
      throw new InputException(
          "Catalogue %s has no images: looked for %s", catalogue.uri(), catalogue.wanted());
    }
    return new Listing(catalogue, images, digest);
  }
}
