package dev.remap.core.pooling;

import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.region.Boxes;
import java.util.ArrayList;
import java.util.List;

/**
 * Max-pooling and means over the boxes of an image, in their order: what {@link RegionPooling} and
 * {@link RegionMeans} are for a grid.
 */
final class BoxPooling {
  private BoxPooling() {}

  /** Per box its maxima over the channels, without a norm. */
  static float[][] rows(FeatureMap map, int image, Boxes boxes) {
    List<Boxes.Cells> places = places(map, boxes);
    float[][] rows = new float[places.size()][map.channels()];
    float[] cells = new float[map.area()];
    for (int c = 0; c < map.channels(); c++) {
      map.channel(image, c, cells);
      for (int i = 0; i < rows.length; i++) {
        rows[i][c] = maximum(cells, map.width(), places.get(i));
      }
    }
    return rows;
  }

  /** The same, divided by their L2 norm; a box without activation stays zero. */
  static float[][] vectors(FeatureMap map, int image, Boxes boxes) {
    float[][] rows = rows(map, image, boxes);
    for (float[] row : rows) {
      double squares = 0;
      for (double value : row) {
        squares += value * value;
      }
      double norm = Math.sqrt(squares);
      for (int c = 0; c < row.length; c++) {
        row[c] = norm == 0 ? 0 : (float) (row[c] / norm);
      }
    }
    return rows;
  }

  /** Means over the cells of the boxes and of the map. */
  static RegionMeans means(FeatureMap map, int image, Boxes boxes) {
    List<Boxes.Cells> places = places(map, boxes);
    double[][] ofBoxes = new double[places.size()][map.channels()];
    double[] ofMap = new double[map.channels()];
    float[] cells = new float[map.area()];
    Boxes.Cells whole = Boxes.WHOLE.cells(0, map.width(), map.height());
    for (int c = 0; c < map.channels(); c++) {
      map.channel(image, c, cells);
      ofMap[c] = mean(cells, map.width(), whole);
      for (int i = 0; i < ofBoxes.length; i++) {
        ofBoxes[i][c] = mean(cells, map.width(), places.get(i));
      }
    }
    return new RegionMeans(ofBoxes, ofMap);
  }

  private static List<Boxes.Cells> places(FeatureMap map, Boxes boxes) {
    List<Boxes.Cells> places = new ArrayList<>(boxes.size());
    for (int i = 0; i < boxes.size(); i++) {
      places.add(boxes.cells(i, map.width(), map.height()));
    }
    return places;
  }

  private static float maximum(float[] cells, int stride, Boxes.Cells place) {
    float maximum = Float.NEGATIVE_INFINITY;
    for (int row = place.top(); row < place.bottom(); row++) {
      for (int x = place.left(); x < place.right(); x++) {
        maximum = Math.max(maximum, cells[row * stride + x]);
      }
    }
    return maximum;
  }

  private static double mean(float[] cells, int stride, Boxes.Cells place) {
    double sum = 0;
    for (int row = place.top(); row < place.bottom(); row++) {
      for (int x = place.left(); x < place.right(); x++) {
        sum += cells[row * stride + x];
      }
    }
    return sum / place.size();
  }
}
