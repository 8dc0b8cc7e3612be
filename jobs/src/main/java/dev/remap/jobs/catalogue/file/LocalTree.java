package dev.remap.jobs.catalogue.file;

import dev.remap.jobs.config.InputException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/**
 * The files below a local folder, each once. The folder's own tree is walked first, no link
 * followed; then, of the folders that only links lead to, each one that no walk has come by.
 *
 * @param root as the user wrote it
 * @param above its path, with a slash behind it
 */
record LocalTree(String root, String above, Selection selection, OutsideLinks links)
    implements Serializable {

  JavaRDD<Found> files(JavaSparkContext spark) {
    return files(spark, NearWalk.MOST_NAMES);
  }

  /**
   * @param near as {@link TreeWalk#ofLocal} takes it
   */
  JavaRDD<Found> files(JavaSparkContext spark, int near) {
    String place = LocalName.encode(path());
    String real = real();
    List<String> walked = new ArrayList<>(List.of(real));
    List<TreeFolder> next = List.of(new TreeFolder(place, "", real));
    List<TreeWalk> walks = new ArrayList<>();
    LeftOut twice = new LeftOut();
    while (!next.isEmpty()) {
      TreeWalk walk = TreeWalk.ofLocal(spark, root, next, lister(real, List.copyOf(walked)), near);
      walks.add(walk);
      next = walk.count().folderLinks() == 0 ? List.of() : unwalked(walk, walked, twice);
    }
    JavaRDD<Found> found = spark.parallelize(List.of((Found) twice), 1);
    for (TreeWalk walk : walks) {
      found = found.union(walk.found());
    }
    return walks.stream().anyMatch(walk -> walk.count().fileLinks() > 0)
        ? found.union(linked(walks, List.copyOf(walked)))
        : found;
  }

  private LocalFolders lister(String real, List<String> walked) {
    return new LocalFolders(above, real, selection, links, walked, LocalFolders.Looking.NIO);
  }

  private Path path() {
    return LocalName.path(LocalName.encode(above));
  }

  private String real() {
    try {
      return LocalName.encode(path().toRealPath());
    } catch (IOException e) {
      throw new InputException("Catalogue %s cannot be listed: %s", root, LocalFolders.reason(e));
    }
  }

  /** The folders behind links that no walk comes by, outer ones before those in them. */
  private List<TreeFolder> unwalked(TreeWalk walk, List<String> walked, LeftOut twice) {
    List<TreeFolder> found = new ArrayList<>();
    walk
        .entries()
        .filter(entry -> entry instanceof TreeEntry.FolderLink)
        .map(entry -> ((TreeEntry.FolderLink) entry).folder())
        .collect()
        .stream()
        .sorted(Comparator.comparing(TreeFolder::real).thenComparing(TreeFolder::name))
        .forEach(
            folder -> {
              if (LocalLink.isListed(folder.real(), walked, selection)) {
                twice.add(LocalLink.TWICE, folder.name());
              } else {
                found.add(folder);
                walked.add(folder.real());
              }
            });
    return found;
  }

  /** The files behind links that no walk comes by, each through the first link by name. */
  private JavaRDD<Found> linked(List<TreeWalk> walks, List<String> walked) {
    return walks.stream()
        .map(TreeWalk::entries)
        .reduce(JavaRDD::union)
        .orElseThrow()
        .filter(entry -> entry instanceof TreeEntry.FileLink)
        .map(entry -> (TreeEntry.FileLink) entry)
        .mapToPair(link -> new Tuple2<>(link.real(), link.file()))
        .groupByKey()
        .flatMap(links -> once(links._1(), links._2(), walked));
  }

  private Iterator<Found> once(String real, Iterable<ListedImage> links, List<String> walked) {
    LeftOut twice = new LeftOut();
    ListedImage first = null;
    for (ListedImage link : links) {
      ListedImage other = first;
      if (first == null || link.imageId().compareTo(first.imageId()) < 0) {
        first = link;
      } else {
        other = link;
      }
      if (other != null) {
        twice.add(LocalLink.TWICE, other.imageId());
      }
    }
    if (LocalLink.isListedFile(real, walked, selection)) {
      return List.<Found>of(twice.add(LocalLink.TWICE, first.imageId())).iterator();
    }
    return twice.isEmpty() ? List.<Found>of(first).iterator() : List.of(first, twice).iterator();
  }
}
