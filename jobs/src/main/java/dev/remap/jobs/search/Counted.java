package dev.remap.jobs.search;

import java.util.Arrays;
import java.util.Optional;
import org.apache.spark.util.LongAccumulator;

/**
 * A searcher that tells how far it is.
 *
 * @param done is told how many queries each part has searched for
 */
public record Counted(Searcher searcher, LongAccumulator done) implements Searcher {
  @Override
  public int parts() {
    return searcher.parts();
  }

  @Override
  public Part open(int part) {
    return new CountedPart(searcher.open(part), done);
  }

  @Override
  public Router router() {
    return new CountedRouter(searcher.router(), done);
  }

  /** What need not be searched is done. */
  private record CountedRouter(Router router, LongAccumulator done) implements Router {
    @Override
    public Optional<int[][]> rows(QueryBlock block) {
      Optional<int[][]> routes = router.rows(block);
      routes.ifPresent(
          parts -> Arrays.stream(parts).forEach(rows -> done.add(block.size() - rows.length)));
      return routes;
    }

    @Override
    public void close() {
      router.close();
    }
  }

  private record CountedPart(Part part, LongAccumulator done) implements Part {
    @Override
    public int entries() {
      return part.entries();
    }

    @Override
    public Neighbors search(QueryBlock block, int k) {
      Neighbors found = part.search(block, k);
      done.add(block.size());
      return found;
    }

    @Override
    public void close() {
      part.close();
    }
  }
}
