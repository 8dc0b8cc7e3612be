package dev.remap.jobs.evaluate;

import dev.remap.core.extraction.ImageSource;
import dev.remap.jobs.catalogue.CatalogueImage;
import dev.remap.jobs.catalogue.embedding.EmbeddingCatalogue;
import dev.remap.jobs.catalogue.file.GivenPath;
import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.spark.TaskFailures;
import dev.remap.jobs.table.Generation;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * An image file that is a query; or a vector, for an index of vectors that were given.
 *
 * @param name what the user knows it by
 * @param uri where it is
 */
public record FileQuery(long id, String name, String uri, long maxBytes) implements Query {
  /** They are collected before they are searched. */
  private static final int MOST_VECTORS = 100_000;

  @Override
  public ImageSource source(Configuration hadoop) {
    return new CatalogueImage(name, uri, "", maxBytes, hadoop);
  }

  /**
   * The queries of a file or of a folder of files: images, or vectors where those of the generation
   * were given.
   */
  public static List<FileQuery> of(JobContext context, Generation generation, String place) {
    return generation.isGiven(context.store())
        ? vectors(context, generation, place)
        : images(context, place);
  }

  private static List<FileQuery> vectors(JobContext context, Generation generation, String place) {
    List<ListedImage> found =
        TaskFailures.unwrap(
            () ->
                EmbeddingCatalogue.of(context.settings(), place)
                    .with(generation.components(context.store()))
                    .list(context.spark())
                    .take(MOST_VECTORS + 1));
    if (found.isEmpty()) {
      throw new InputException("%s has no vectors", place);
    }
    if (found.size() > MOST_VECTORS) {
      throw new InputException("%s has more than %,d vectors: give fewer", place, MOST_VECTORS);
    }
    List<FileQuery> queries = new ArrayList<>();
    for (ListedImage vector : found) {
      queries.add(new FileQuery(queries.size(), vector.imageId(), vector.uri(), Integer.MAX_VALUE));
    }
    return queries;
  }

  private static List<FileQuery> images(JobContext context, String place) {
    try {
      Path path = new Path(GivenPath.of(place));
      FileSystem files = path.getFileSystem(context.hadoop());
      FileStatus[] found =
          files.getFileStatus(path).isDirectory()
              ? files.listStatus(path)
              : new FileStatus[] {files.getFileStatus(path)};
      Arrays.sort(found);
      long maxBytes = context.settings().bytes("image.max-bytes");
      List<FileQuery> queries = new ArrayList<>();
      for (FileStatus file : found) {
        if (file.isFile()) {
          String name = file.getPath().toString();
          queries.add(new FileQuery(queries.size(), name, name, maxBytes));
        }
      }
      if (queries.isEmpty()) {
        throw new InputException("%s has no files: give an image, or a folder of images", place);
      }
      return queries;
    } catch (FileNotFoundException e) {
      throw new InputException("%s does not exist: give an image, or a folder of images", place);
    } catch (IOException | IllegalArgumentException e) {
      throw new InputException("%s cannot be read: %s", place, e.getMessage());
    }
  }
}
