from stocktake.command import main

main()
